import { type Command, Option } from 'commander';
import { TABLES, tableOf } from '../../core/config/dialects/all-tables';
import { trainerSchema } from '../../core/config/dialects/table-schema';
import { configSchema } from '../../core/config/schema';
import { print } from '../terminal/output';

const OWN = 'dpo-lab';

const HELP_AFTER = `
For editors other than VS Code: a YAML language server shows keys, values and
keys that went with a version. axolotl has a schema of its own
(axolotl config-schema).

Examples:
  dpo-lab schema --dialect llamafactory > llamafactory.schema.json

  and in the first line of a config:
  # yaml-language-server: $schema=llamafactory.schema.json`;

export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .summary('the JSON Schema of the configs of a trainer')
    .description('Prints the JSON Schema of the configs of a trainer, for the newest version that is known.')
    // Scripts of their own have no keys that are known beforehand.
    .addOption(
      new Option('--dialect <name>', 'whose configs')
        .choices([OWN, ...TABLES.filter(({ launch }) => launch !== '').map(({ id }) => id)])
        .default(OWN),
    )
    .addHelpText('after', HELP_AFTER)
    .action(({ dialect }: { dialect: string }) => {
      const schema = dialect === OWN ? configSchema('strict') : trainerSchema(tableOf(dialect));
      print(JSON.stringify(schema, null, 2));
    });
}
