import { readString, textEncoding } from './text.ts';

/**
 * What tells a frame from others with the same id: language and description, owner, e-mail. `frames` are named
 * as the verifier and the preview show them: `TCON`, `TXXX:ENERGY`, `COMM:eng:`, `PRIV:TRAKTOR4`.
 * @param body what the frame says, `null` when it can't be read
 */
export function frameName(id: string, body: Buffer | null): string {
  if (body === null) return id;
  switch (id) {
    case 'TXXX':
    case 'TXX':
    case 'WXXX':
    case 'WXX':
      return `${id}:${userText(body).description}`;
    case 'COMM':
    case 'COM':
    case 'USLT':
    case 'ULT': {
      const { language, description } = languageText(body);
      return `${id}:${language}:${description}`;
    }
    case 'PRIV':
    case 'UFID':
    case 'UFI':
    case 'POPM':
    case 'POP':
      return `${id}:${readString(body, 0, 0).text}`;
    default:
      return id;
  }
}

/** Description of a TXXX or WXXX body and where its value starts. */
export function userText(body: Buffer): {
  readonly description: string;
  readonly valueAt: number;
  readonly encoding: 0 | 1 | 2 | 3;
  readonly bigEndian: boolean;
} {
  const encoding = textEncoding(body[0]) ?? 0;
  const { text, next, bigEndian } = readString(body, 1, encoding);
  return { description: text, valueAt: next, encoding, bigEndian };
}

/** Language, description and where the text starts, of a COMM or USLT body. */
export function languageText(body: Buffer): {
  readonly language: string;
  readonly description: string;
  readonly valueAt: number;
  readonly encoding: 0 | 1 | 2 | 3;
} {
  const encoding = textEncoding(body[0]) ?? 0;
  const { text, next } = readString(body, 4, encoding);
  return { language: body.toString('latin1', 1, 4), description: text, valueAt: next, encoding };
}
