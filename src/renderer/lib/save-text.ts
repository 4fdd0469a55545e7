/** Hands a text file to the user: the browser keeps it, or asks where to; so does Electron. */
export function saveText(name: string, parts: readonly string[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // It may be read for as long as the user looks for a place.
  setTimeout(() => URL.revokeObjectURL(url), 10 * 60_000);
}

/** A name that every system takes for a file. */
export function safeFileName(name: string): string {
  const plain = name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among what must go.
    .replaceAll(/[\u0000-\u001f<>:"/\\|?*\u007f]+/g, '_')
    .replace(/[. ]+$/, '')
    .trim();
  return plain === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? `_${plain}` : plain.slice(0, 120);
}
