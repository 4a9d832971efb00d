import type { ModelFacts } from '../../facts';
import type { Finding, Rule } from '../../rule';
import { tokenFacts } from '../data/samples';

export const MODEL002: Rule = {
  code: 'MODEL002',
  title: 'The embedded trainer cannot train this model',
  severity: 'error',
  when: 'With `backend.kind: onnx`: the policy or the reference has an architecture, an activation, a scaling of positions or quantised weights that the embedded trainer does not have, pairs are longer than the positions that it computes as the model does (longrope), or the adapter is more than plain LoRA. With every trainer: no end-of-sequence token is named.',
  why: 'The run would stop when the model is opened. An adapter that was initialised with PiSSA, OLoRA, LoftQ or CorDA belongs to changed base weights: merged onto the original ones it is noise.',
  todo: 'Write `backend: { kind: torch }`, which trains every architecture of transformers and merges adapters with PEFT, or name another model.',
  evidence: [
    'huggingface/transformers #34468, huggingface/peft #1929: adapters that change their base give wrong results on the original weights.',
  ],
  *check(experiment, { policy, reference, adapter, train }) {
    const fixes = [{ title: 'Train with the torch backend', edits: experiment.set('backend.kind', 'torch') }];
    if (policy && policy.found !== 'no' && policy.lacksEnd) {
      yield {
        at: 'model.path',
        message:
          'Neither the tokenizer nor config.json names an end-of-sequence token, so responses could not end. Name it as eos_token in tokenizer_config.json.',
      };
    }
    if (experiment.get('backend.kind').value !== 'onnx') return;
    const longest = tokenFacts(train)?.longestPair;
    const model = function* (at: Finding['at'], facts: ModelFacts | undefined): Iterable<Finding> {
      if (!facts || facts.found === 'no') return;
      const { embeddedFault: fault, longestSequence: limit } = facts;
      const tooLong = limit !== undefined && longest !== undefined && longest > limit;
      const why =
        fault ??
        (tooLong ? `its longrope changes beyond ${limit} tokens, and a pair has ${longest}` : undefined);
      if (why === undefined) return;
      yield { at, message: `The embedded trainer cannot train this model: ${why}.`, fixes };
    };
    yield* model('model.path', policy);
    yield* model('reference.policy', reference);
    if (adapter && adapter.found !== 'no' && adapter.embeddedFault !== undefined) {
      yield {
        at: 'model.adapter',
        message: `The embedded trainer cannot merge this adapter: ${adapter.embeddedFault}. Train with the torch backend, or merge it with PEFT (merge_and_unload) and name the merged model.`,
        fixes,
      };
    }
  },
};
