;; What is done to each pixel of an image, 8-bit RGB. Addresses, offsets and strides are in bytes.
(module
  (import "memory" "memory" (memory 0))

  ;; The two passes of resampling: an output is the sum of pixels times shares of 2^-22, one half for rounding included, cut to 8
  ;; bits. Which pixels, and which shares: core/data/pixels/taps.ts.

  ;; Along rows: output i of each row is made of 2 `pairs` pixels from `offsets`[i] on. A share is 2^11 high + low, 16 bits each;
  ;; of each pair of pixels there are the two high parts, then the two low ones. A pixel is written with the byte behind it; the
  ;; next one overwrites that.
  (func (export "alongRows")
    (param $from i32) (param $stride i32) (param $height i32)
    (param $offsets i32) (param $shares i32) (param $pairs i32) (param $count i32) (param $to i32)
    (local $i i32) (local $pixel i32) (local $share i32) (local $end i32)
    (local $spread v128) (local $two v128) (local $high v128) (local $low v128)
    ;; Two pixels, colour by colour, in 16 bits.
    (local.set $spread (v128.const i8x16 0 -1 3 -1 1 -1 4 -1 2 -1 5 -1 -1 -1 -1 -1))
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $height)))
        (local.set $i (i32.const 0))
        (local.set $share (local.get $shares))
        (block $full
          (loop $output
            (br_if $full (i32.ge_u (local.get $i) (local.get $count)))
            (local.set $pixel (i32.add
              (local.get $from)
              (i32.load (i32.add (local.get $offsets) (i32.shl (local.get $i) (i32.const 2))))))
            (local.set $end (i32.add (local.get $share) (i32.shl (local.get $pairs) (i32.const 3))))
            (local.set $high (v128.const i32x4 0 0 0 0))
            (local.set $low (i32x4.splat (i32.const 0x200000)))
            (loop $pair
              (local.set $two (i8x16.swizzle (v128.load64_zero (local.get $pixel)) (local.get $spread)))
              (local.set $high (i32x4.add
                (local.get $high)
                (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat (local.get $share)))))
              (local.set $low (i32x4.add
                (local.get $low)
                (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat offset=4 (local.get $share)))))
              (local.set $pixel (i32.add (local.get $pixel) (i32.const 6)))
              (local.set $share (i32.add (local.get $share) (i32.const 8)))
              (br_if $pair (i32.lt_u (local.get $share) (local.get $end))))
            (local.set $low (i32x4.shr_s
              (i32x4.add (i32x4.shl (local.get $high) (i32.const 11)) (local.get $low))
              (i32.const 22)))
            (local.set $low (i16x8.narrow_i32x4_s (local.get $low) (local.get $low)))
            (v128.store32_lane 0
              (local.get $to)
              (i8x16.narrow_i16x8_u (local.get $low) (local.get $low)))
            (local.set $to (i32.add (local.get $to) (i32.const 3)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $output)))
        (local.set $from (i32.add (local.get $from) (local.get $stride)))
        (local.set $height (i32.sub (local.get $height) (i32.const 1)))
        (br $row))))

  ;; The same where an output is made of 4 pixels at most, of 2 pairs: output by output, so that its shares are loaded once for all
  ;; rows. Rows of outputs are `toStride` apart, with room for the byte behind the last pixel.
  (func (export "alongRowsOfFour")
    (param $from i32) (param $stride i32) (param $height i32)
    (param $offsets i32) (param $shares i32) (param $count i32) (param $to i32) (param $toStride i32)
    (local $pixel i32) (local $at i32) (local $rows i32)
    (local $spread1 v128) (local $spread2 v128) (local $half v128)
    (local $high1 v128) (local $low1 v128) (local $high2 v128) (local $low2 v128)
    (local $four v128) (local $one v128) (local $two v128) (local $sum v128)
    (local.set $spread1 (v128.const i8x16 0 -1 3 -1 1 -1 4 -1 2 -1 5 -1 -1 -1 -1 -1))
    (local.set $spread2 (v128.const i8x16 6 -1 9 -1 7 -1 10 -1 8 -1 11 -1 -1 -1 -1 -1))
    (local.set $half (i32x4.splat (i32.const 0x200000)))
    (block $done
      (loop $output
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $high1 (v128.load32_splat (local.get $shares)))
        (local.set $low1 (v128.load32_splat offset=4 (local.get $shares)))
        (local.set $high2 (v128.load32_splat offset=8 (local.get $shares)))
        (local.set $low2 (v128.load32_splat offset=12 (local.get $shares)))
        (local.set $pixel (i32.add (local.get $from) (i32.load (local.get $offsets))))
        (local.set $at (local.get $to))
        (local.set $rows (local.get $height))
        (loop $row
          (local.set $four (v128.load (local.get $pixel)))
          (local.set $one (i8x16.swizzle (local.get $four) (local.get $spread1)))
          (local.set $two (i8x16.swizzle (local.get $four) (local.get $spread2)))
          (local.set $sum (i32x4.shr_s
            (i32x4.add
              (i32x4.shl
                (i32x4.add
                  (i32x4.dot_i16x8_s (local.get $one) (local.get $high1))
                  (i32x4.dot_i16x8_s (local.get $two) (local.get $high2)))
                (i32.const 11))
              (i32x4.add
                (i32x4.add
                  (i32x4.dot_i16x8_s (local.get $one) (local.get $low1))
                  (i32x4.dot_i16x8_s (local.get $two) (local.get $low2)))
                (local.get $half)))
            (i32.const 22)))
          (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
          (v128.store32_lane 0
            (local.get $at)
            (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
          (local.set $pixel (i32.add (local.get $pixel) (local.get $stride)))
          (local.set $at (i32.add (local.get $at) (local.get $toStride)))
          (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))
        (local.set $offsets (i32.add (local.get $offsets) (i32.const 4)))
        (local.set $shares (i32.add (local.get $shares) (i32.const 16)))
        (local.set $to (i32.add (local.get $to) (i32.const 3)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $output))))

  ;; Along columns: row i of the output is made of `taps` rows from `offsets`[i] on, which are `stride` apart, `length` bytes of each,
  ;; 16 at a time; what is written beyond a row's end, the next row overwrites.
  (func (export "alongColumns")
    (param $from i32) (param $stride i32) (param $length i32)
    (param $offsets i32) (param $shares i32) (param $taps i32) (param $count i32) (param $to i32)
    (local $x i32) (local $at i32) (local $share i32) (local $end i32)
    (local $bytes v128) (local $half v128) (local $factor v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $end (i32.add (local.get $shares) (i32.shl (local.get $taps) (i32.const 2))))
        (local.set $x (i32.const 0))
        (loop $piece
          (local.set $at (i32.add
            (i32.add (local.get $from) (i32.load (local.get $offsets)))
            (local.get $x)))
          (local.set $share (local.get $shares))
          (local.set $a (i32x4.splat (i32.const 0x200000)))
          (local.set $b (local.get $a))
          (local.set $c (local.get $a))
          (local.set $d (local.get $a))
          (loop $tap
            (local.set $bytes (v128.load (local.get $at)))
            (local.set $factor (v128.load32_splat (local.get $share)))
            (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
            (local.set $a (i32x4.add (local.get $a)
              (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $half)) (local.get $factor))))
            (local.set $b (i32x4.add (local.get $b)
              (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $half)) (local.get $factor))))
            (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
            (local.set $c (i32x4.add (local.get $c)
              (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $half)) (local.get $factor))))
            (local.set $d (i32x4.add (local.get $d)
              (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $half)) (local.get $factor))))
            (local.set $at (i32.add (local.get $at) (local.get $stride)))
            (local.set $share (i32.add (local.get $share) (i32.const 4)))
            (br_if $tap (i32.lt_u (local.get $share) (local.get $end))))
          (v128.store
            (i32.add (local.get $to) (local.get $x))
            (i8x16.narrow_i16x8_u
              (i16x8.narrow_i32x4_s
                (i32x4.shr_s (local.get $a) (i32.const 22))
                (i32x4.shr_s (local.get $b) (i32.const 22)))
              (i16x8.narrow_i32x4_s
                (i32x4.shr_s (local.get $c) (i32.const 22))
                (i32x4.shr_s (local.get $d) (i32.const 22)))))
          (local.set $x (i32.add (local.get $x) (i32.const 16)))
          (br_if $piece (i32.lt_u (local.get $x) (local.get $length))))
        (local.set $shares (local.get $end))
        (local.set $offsets (i32.add (local.get $offsets) (i32.const 4)))
        (local.set $to (i32.add (local.get $to) (local.get $length)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $row))))

  ;; The numbers of a table of 256 floats for one colour of each pixel, `stride` apart; `step` from pixel to pixel, `advance` from row
  ;; to row.
  (func (export "lookUp")
    (param $from i32) (param $step i32) (param $advance i32) (param $width i32) (param $height i32)
    (param $table i32) (param $to i32) (param $stride i32)
    (local $at i32) (local $x i32)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $height)))
        (local.set $at (local.get $from))
        (local.set $x (local.get $width))
        (loop $pixel
          (f32.store
            (local.get $to)
            (f32.load (i32.add (local.get $table) (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))))
          (local.set $to (i32.add (local.get $to) (local.get $stride)))
          (local.set $at (i32.add (local.get $at) (local.get $step)))
          (br_if $pixel (local.tee $x (i32.sub (local.get $x) (i32.const 1)))))
        (local.set $from (i32.add (local.get $from) (local.get $advance)))
        (local.set $height (i32.sub (local.get $height) (i32.const 1)))
        (br $row)))))
