// What the suites use of mocha, whose types are not installed: mocha itself comes with the VS Code under test.
type Body = () => void | Promise<void>;

interface Define {
  (title: string, body: Body): void;
  skip(title: string, body: Body): void;
}

declare const describe: Define;
declare const it: Define;
declare const before: (body: Body) => void;
declare const after: (body: Body) => void;
declare const beforeEach: (body: Body) => void;
declare const afterEach: (body: Body) => void;
