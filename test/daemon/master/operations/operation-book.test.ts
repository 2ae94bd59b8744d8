import { describe, expect, it } from 'vitest';
import { type MasterOperation, OperationBook } from '../../../../src/daemon/master/operations/operation-book.ts';
import type { Operation, OperationStatus } from '../../../../src/mesos/generated/v1.ts';
import fc from '../../../fast-check.ts';

const status = (uuid: string): OperationStatus => ({ state: 'OPERATION_FINISHED', uuid: { value: uuid } });

const message = (uuid: string, frameworkId: string, name: string): Operation => ({
  framework_id: { value: frameworkId },
  info: { type: 'RESERVE', id: { value: name } },
  latest_status: { state: 'OPERATION_PENDING' },
  uuid: { value: uuid },
});

const step = fc.record({
  what: fc.constantFrom('add', 'add', 'add', 'record', 'remove', 'forget'),
  operation: fc.nat(7),
  agent: fc.constantFrom('a', 'b'),
  framework: fc.constantFrom('f', 'g'),
  name: fc.constantFrom('n', 'm'),
  status: fc.constantFrom('s', 't'),
});

describe('the operation of a name', () => {
  it('is the newest that the framework has by it, or that said this last, whatever became of the others', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new OperationBook();
        const known: MasterOperation[] = [];
        for (const { what, operation: index, agent, framework, name, status: uuid } of steps) {
          const operation = known[index];
          if (what === 'add') known.push(book.add(agent, message(`u${index}`, framework, name)));
          else if (operation === undefined) continue;
          else if (what === 'record') book.record(operation, status(uuid));
          else if (what === 'remove') book.remove(operation);
          else book.forgetFramework(operation);
          for (const [frameworkId, operationId] of ['f', 'g'].flatMap((f) => ['n', 'm'].map((n) => [f, n] as const))) {
            const ofName = book.ofFramework(frameworkId).filter((one) => one.operationId === operationId);
            const told = ofName.filter((one) => one.message.latest_status.uuid?.value === 's');
            expect(book.named(frameworkId, operationId)).toBe(ofName.at(-1));
            expect(book.named(frameworkId, operationId, 's')).toBe(told.at(-1));
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
