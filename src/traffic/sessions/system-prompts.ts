import type { Random } from '../../engine/random.js';
import type { SessionsChoice } from '../../scenario/sessions-schema.js';
import { boundedLengths } from '../lengths/index.js';
import { ZipfLength } from '../lengths/zipf.js';
import type { OpenFile } from '../lines.js';
import { BlockIds, type BlockNumbers } from './block-ids.js';

/** What all sessions of a group begin with. */
export interface SystemPrompt {
  tokens: number;
  blocks: Int32Array;
}

/** A text of a given length that several threads begin with. */
export function sharedPrompt(tokens: number, numbers: BlockNumbers, tokensPerBlock: number): SystemPrompt {
  const text = new BlockIds(numbers, tokensPerBlock);
  text.growTo(tokens);
  return { tokens, blocks: text.upTo(tokens) };
}

/** The system prompts of a class, each made when the first session of its group comes. */
export class SystemPrompts {
  private readonly made = new Map<number, SystemPrompt>();
  private random: Random = () => 0;
  private readonly group: ZipfLength;

  /** @param stream makes the random stream of a purpose */
  constructor(
    private readonly system: NonNullable<SessionsChoice['system']>,
    private readonly numbers: BlockNumbers,
    private readonly tokensPerBlock: number,
    private readonly openFile: OpenFile,
    private readonly stream: (purpose: string) => Random,
  ) {
    this.group = new ZipfLength(system.skew, 1, system.groups, () => this.random());
  }

  /** The prompt of a group that `random` chooses. */
  choose(random: Random): SystemPrompt {
    this.random = random;
    const group = this.group.next();
    const known = this.made.get(group);
    if (known !== undefined) return known;
    // Its length hangs on its number alone, not on who comes first.
    const own = this.stream(`system/${group}`);
    const tokens = boundedLengths(this.system.tokens, own, this.openFile).sampler.next();
    const prompt = sharedPrompt(tokens, this.numbers, this.tokensPerBlock);
    this.made.set(group, prompt);
    return prompt;
  }
}
