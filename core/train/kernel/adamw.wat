;; The optimizer's two passes over memory, four floats at a time. Counts are multiples of four floats, addresses are in
;; bytes and 16-byte aligned. Formulas: core/train/optimizer.ts.
(module
  (import "memory" "memory" (memory 0))

  ;; Sum of squares, in double precision.
  (func (export "sumOfSquares") (param $at i32) (param $count i32) (result f64)
    (local $end i32) (local $x v128) (local $wide v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $x (v128.load (local.get $at)))
        (local.set $wide (f64x2.promote_low_f32x4 (local.get $x)))
        (local.set $low (f64x2.add (local.get $low) (f64x2.mul (local.get $wide) (local.get $wide))))
        (local.set $wide (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x))))
        (local.set $high (f64x2.add (local.get $high) (f64x2.mul (local.get $wide) (local.get $wide))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low))))

  ;; g = gradient * shorten;  m = beta1 m + share1 g;  v = beta2 v + share2 g^2
  ;; p = p keep - size m / (sqrt(v) + epsilon)
  ;; Moments under 1e-30 become zero: arithmetic on denormal numbers is a hundred times slower.
  (func (export "update")
    (param $p i32) (param $g i32) (param $m i32) (param $v i32) (param $count i32)
    (param $shorten f32) (param $beta1 f32) (param $share1 f32) (param $beta2 f32) (param $share2 f32)
    (param $keep f32) (param $size f32) (param $epsilon f32)
    (local $end i32) (local $gradient v128) (local $mean v128) (local $square v128) (local $tiny v128)
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $tiny (f32x4.splat (f32.const 1e-30)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $gradient (f32x4.mul (v128.load (local.get $g)) (f32x4.splat (local.get $shorten))))
        (local.set $mean (f32x4.add
          (f32x4.mul (v128.load (local.get $m)) (f32x4.splat (local.get $beta1)))
          (f32x4.mul (local.get $gradient) (f32x4.splat (local.get $share1)))))
        (local.set $square (f32x4.add
          (f32x4.mul (v128.load (local.get $v)) (f32x4.splat (local.get $beta2)))
          (f32x4.mul
            (f32x4.mul (local.get $gradient) (local.get $gradient))
            (f32x4.splat (local.get $share2)))))
        (local.set $mean (v128.and
          (local.get $mean)
          (f32x4.gt (f32x4.abs (local.get $mean)) (local.get $tiny))))
        (local.set $square (v128.and
          (local.get $square)
          (f32x4.gt (local.get $square) (local.get $tiny))))
        (v128.store (local.get $m) (local.get $mean))
        (v128.store (local.get $v) (local.get $square))
        (v128.store (local.get $p) (f32x4.sub
          (f32x4.mul (v128.load (local.get $p)) (f32x4.splat (local.get $keep)))
          (f32x4.div
            (f32x4.mul (local.get $mean) (f32x4.splat (local.get $size)))
            (f32x4.add (f32x4.sqrt (local.get $square)) (f32x4.splat (local.get $epsilon))))))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (local.set $g (i32.add (local.get $g) (i32.const 16)))
        (local.set $m (i32.add (local.get $m) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (br $next)))))
