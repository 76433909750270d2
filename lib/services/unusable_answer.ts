// The refusal for a complete answer of a service that its caller cannot use. Requests that got no complete answer are refused
// by the service client itself.
import type { Refusal } from "../kit/errors.ts";
import type { ServiceName } from "../kit/services.ts";
import type { ServiceAnswer } from "./service_client.ts";

/**
 * The refusal for an answer whose status the caller does not know, `failed` from 500 on and `rejected` otherwise, or whose
 * body is not what a 2xx status promises, which is `malformed`. For each status that means something, the caller has looked
 * before.
 */
export function unusableAnswer(service: ServiceName, { status }: Pick<ServiceAnswer, "status">): Refusal {
  if (status >= 200 && status < 300) {
    return { reason: "upstream-failed", upstream: service, fault: "malformed" };
  }
  const fault = status >= 500 ? "failed" : "rejected";
  return { reason: "upstream-failed", upstream: service, fault, status };
}
