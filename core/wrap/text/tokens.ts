/** Texts to the numbers that a text encoder takes, by its own tokenizer file. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { MarnetError } from '../../errors.ts';

export interface TextTokenizer {
  /** At most `longest` numbers, special ones included; what is too long loses its end. */
  encode(
    text: string,
    longest: number,
  ): { readonly ids: readonly number[]; readonly types: readonly number[] };
  readonly padding: number;
  /** What the files say the model takes at most; undefined where they do not. */
  readonly longest: number | undefined;
  /** The files' content, for a key of what follows from them. */
  readonly content: string;
}

interface TokenizerFile {
  readonly model?: { readonly unk_token?: string | null };
  readonly truncation?: { readonly max_length?: number } | null;
  readonly padding?: { readonly pad_id?: number } | null;
}

interface TokenizerConfig {
  readonly model_max_length?: number;
  readonly pad_token?: string | { readonly content?: string } | null;
}

/** A `tokenizer_config.json` beside it is read too, where there is one. @throws MarnetError 'usage'. */
export async function openTokenizer(path: string): Promise<TextTokenizer> {
  const content = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unusable(path, `cannot be read (${cause.code ?? cause.message})`, cause);
  });
  const beside = await readFile(join(dirname(path), 'tokenizer_config.json'), 'utf8').catch(() => '{}');
  let file: TokenizerFile;
  let config: TokenizerConfig;
  let tokenizer: Tokenizer;
  try {
    file = JSON.parse(content) as TokenizerFile;
    config = JSON.parse(beside) as TokenizerConfig;
    tokenizer = new Tokenizer(file, config);
  } catch (cause) {
    throw unusable(path, `is no tokenizer: ${(cause as Error).message}`, cause);
  }
  const padToken = typeof config.pad_token === 'string' ? config.pad_token : config.pad_token?.content;
  const named = [padToken, '[PAD]', '<pad>', '<|endoftext|>'].flatMap((token) =>
    token === undefined ? [] : (tokenizer.token_to_id(token) ?? []),
  );
  const unknown = tokenizer.token_to_id(file.model?.unk_token ?? '[UNK]') ?? 0;
  const limits = [file.truncation?.max_length, config.model_max_length].filter(
    (limit) => limit !== undefined && limit > 0 && limit < 1e6,
  );
  const empty = tokenizer.encode('').ids;
  return {
    encode(text, longest) {
      const { ids: known, token_type_ids: types } = tokenizer.encode(text, { return_token_type_ids: true });
      // Models of whole words leave those that they do not know without a number.
      const ids = known.map((id: number | undefined) => id ?? unknown);
      if (ids.length <= longest) return { ids, types };
      // What closes every text closes a shortened one too.
      const closing = empty.at(-1) === ids.at(-1) ? ids.slice(-1) : [];
      return { ids: [...ids.slice(0, longest - closing.length), ...closing], types: types.slice(0, longest) };
    },
    padding: file.padding?.pad_id ?? named[0] ?? 0,
    longest: limits.length > 0 ? Math.min(...(limits as number[])) : undefined,
    content: content + beside,
  };
}

function unusable(path: string, what: string, cause: unknown): MarnetError {
  return new MarnetError('usage', `the tokenizer ${JSON.stringify(path)} ${what}`, {
    hint: 'Give the tokenizer.json that belongs to the text encoder, with --tokenizer or beside the model.',
    cause,
  });
}
