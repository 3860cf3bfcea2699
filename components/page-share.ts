/** How much of a CPU this page's drawing takes: an estimate, made only while somebody looks at it. */
import { useEffect, useState } from "react";

/** A task of the browser that is longer is a long task (Long Tasks API). */
const longMs = 50;
const windowMs = 1000;

/**
 * Share of one CPU (0 to 1) over the last second; undefined for the first. A frame's work is from its beginning to the
 * first message after it, which comes when scripts, layout and paint are done; what takes longer than a frame should is
 * counted whole, as the browser tells it.
 */
export function usePageShare(): number | undefined {
  const [share, setShare] = useState<number>();
  useEffect(() => {
    let busy = 0;
    let since = performance.now();
    let frame = 0;
    let began = 0;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const now = performance.now();
      const took = now - began;
      if (took < longMs) busy += took;
      if (now - since < windowMs) return;
      setShare(Math.min(1, busy / (now - since)));
      busy = 0;
      since = now;
    };
    const onFrame = () => {
      began = performance.now();
      port2.postMessage(undefined);
      frame = requestAnimationFrame(onFrame);
    };
    frame = requestAnimationFrame(onFrame);
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) busy += duration;
    });
    if (PerformanceObserver.supportedEntryTypes.includes("longtask"))
      observer.observe({ entryTypes: ["longtask"] });
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      port1.close();
    };
  }, []);
  return share;
}
