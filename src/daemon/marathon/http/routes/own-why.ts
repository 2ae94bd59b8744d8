import type { HttpResponse } from '../../../../world/net.ts';
import type { Marathon } from '../../marathon.ts';
import type { PathId } from '../../model/path-id.ts';
import { unknownApp } from '../../refusals.ts';
export async function whyNot(marathon: Marathon, id: PathId): Promise<HttpResponse> {
  const app = marathon.groups.app(id);
  if (app === undefined) throw unknownApp(id);
  return { status: 501 };
}
