/** The thread of one lane: opens the model that it was started with, and runs it on every request until told to end. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ImageModel, type ImageModelSpec, openImageModel } from './image-model.ts';
import { imagesOf, plainError, type Reply, type Request } from './messages.ts';

const port = parentPort!;
const spec = workerData as ImageModelSpec;

function reply(message: Reply): void {
  const outputs = 'outputs' in message ? Object.values(message.outputs) : [];
  // Handed over, not copied; texts have no buffer.
  const buffers = outputs.flatMap(({ data }) => ('buffer' in data ? [data.buffer as ArrayBuffer] : []));
  port.postMessage(message, [...new Set(buffers)]);
}

async function serve(model: ImageModel): Promise<void> {
  port.on('message', async (request: Request | undefined) => {
    if (request === undefined) {
      await model.close();
      port.close();
      return;
    }
    try {
      reply({ outputs: await model.run(imagesOf(request, spec.preprocess)) });
    } catch (error) {
      reply({ error: plainError(error) });
    }
  });
  reply({ outputs: {} });
}

try {
  await serve(await openImageModel(spec));
} catch (error) {
  reply({ error: plainError(error) });
}
