import { setImmediate } from "node:timers";

/** Keeps this process from sleeping until the returned function is called: its event loop never has nothing to do. */
export function stayAwake(): () => void {
  let awake = true;
  const turn = (): void => {
    if (awake) setImmediate(turn);
  };
  setImmediate(turn);
  return () => void (awake = false);
}
