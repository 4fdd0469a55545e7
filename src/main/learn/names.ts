/** The folder of a path in our escaped form, whichever separator it has. */
export function parentFolder(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, '');
}
