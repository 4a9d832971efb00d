import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import data from '../../docs/DATA.md';
import judge from '../../docs/JUDGE.md';
import runFormat from '../../docs/RUN_FORMAT.md';
import torch from '../../docs/TORCH.md';
import verdictPage from '../../docs/VERDICT.md';
import skill from '../../media/skill/SKILL.md';
import { explainCode } from '../actions/configs';
import { type ActionContext, ActionError } from '../actions/context';
import { runStatus, sweepVerdict } from '../actions/runs';
import { DATA_NOTE } from '../actions/short-text';
import { CODE_ENTRIES } from '../core/rules/all';
import { listRuns } from '../node/runs/run-store';
import { snapshotText } from './snapshot-text';

const DOCS: Readonly<Record<string, string>> = {
  data,
  judge,
  'run-format': runFormat,
  torch,
  verdict: verdictPage,
};

/** Pages that a client may read: our own text, and runs as data. */
export function addResources(server: McpServer, context: ActionContext): void {
  const page = (
    name: string,
    uri: string,
    description: string,
    text: () => Promise<string> | string,
  ): void => {
    server.registerResource(name, uri, { description, mimeType: 'text/markdown' }, async (at) => ({
      contents: [{ uri: at.href, mimeType: 'text/markdown', text: await text() }],
    }));
  };
  page('skill', 'dpo-lab://skill', 'How to choose beta, read a verdict, and what never to do', () => skill);
  page('rules', 'dpo-lab://rules', 'Every code of a problem or an alarm', () =>
    CODE_ENTRIES.map(({ code, severity, title }) => `- ${code} (${severity}): ${title}`).join('\n'),
  );
  page('runs', 'dpo-lab://runs', 'Runs of this folder, newest first', async () =>
    quoted(await runStatus({ limit: 200 }, context)),
  );
  const many = (
    name: string,
    template: string,
    description: string,
    list: () => Promise<readonly string[]>,
    read: (id: string) => Promise<string>,
  ): void => {
    const uri = (id: string) => template.replace('{id}', encodeURIComponent(id));
    const resources = async () => ({ resources: (await list()).map((id) => ({ name: id, uri: uri(id) })) });
    server.registerResource(
      name,
      new ResourceTemplate(template, { list: resources }),
      { description },
      async (at, { id }) => ({
        contents: [
          { uri: at.href, mimeType: 'text/markdown', text: await read(decodeURIComponent(String(id))) },
        ],
      }),
    );
  };
  const runs = () => listRuns(context.dataFolder);
  many(
    'rule',
    'dpo-lab://rule/{id}',
    'One code: when, why, what to do, evidence',
    async () => CODE_ENTRIES.map(({ code }) => code),
    async (code) => {
      const { title, when, why, todo, evidence } = await explainCode({ code });
      return [`# ${code}: ${title}`, when, why, todo, ...evidence.map((item) => `- ${item}`)].join('\n\n');
    },
  );
  many(
    'docs',
    'dpo-lab://docs/{id}',
    'A page of the documentation',
    async () => Object.keys(DOCS),
    async (name) => {
      const text = DOCS[name];
      if (text === undefined)
        throw new ActionError(`There is no page ${name}: ${Object.keys(DOCS).join(', ')}.`);
      return text;
    },
  );
  many(
    'run',
    'dpo-lab://run/{id}',
    'One run',
    async () => (await runs()).map(({ id }) => id),
    async (id) => quoted(await runStatus({ run: id, limit: 1 }, context)),
  );
  many('sweep', 'dpo-lab://sweep/{id}', 'What a sweep says about beta', sweepsOf(context), async (id) =>
    quoted(await sweepVerdict({ run: id }, context)),
  );
  many(
    'report',
    'dpo-lab://report/{id}',
    'A run as text: state, figures, alarms, newest texts',
    async () => (await runs()).map(({ id }) => id),
    async (id) => `${DATA_NOTE}\n\n${await snapshotText(id, context)}`,
  );
}

function sweepsOf({ dataFolder }: ActionContext): () => Promise<readonly string[]> {
  return async () => [...new Set((await listRuns(dataFolder)).flatMap(({ run }) => run?.sweep ?? []))];
}

function quoted(value: object): string {
  return `${DATA_NOTE}\n\n\`\`\`json\n${JSON.stringify(value, null, 1).replaceAll('`', '\\u0060')}\n\`\`\``;
}
