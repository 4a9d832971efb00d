/** Pages are bundled as texts. */
declare module '*.md' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: the bundler gives a text by its default export
  export default text;
}
