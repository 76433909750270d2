// Tells when nothing more of a response will be sent.

/**
 * The same response, which calls `done` exactly once, when nothing more of it will be sent: at once where the response has no
 * body, else when the body ends, breaks or is cancelled because the client went away.
 */
export function onEnd(response: Response, done: () => void): Response {
  if (response.body === null) {
    done();
    return response;
  }
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    done();
  };
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const part = await reader.read();
        if (!part.done) return controller.enqueue(part.value);
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}
