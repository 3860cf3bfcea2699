"use client";
/** What every page has: the header, the keys, and the one connection. */
import type { ReactNode } from "react";
import { Header } from "./header";
import { KeysHelp } from "./keys-help";
import { Palette } from "./palette";
import { connect } from "./socket";

// What the server says is here when the page has become alive, instead of being asked for then.
if (typeof document !== "undefined") connect();

/** `side`: a column at the left; the page itself takes the rest. */
export function Shell({ side, children }: { side?: ReactNode; children: ReactNode }) {
  return (
    <div className="grid h-dvh grid-cols-[236px_minmax(0,1fr)] grid-rows-[48px_minmax(0,1fr)]">
      <Header />
      {side ?? null}
      <div className={`min-h-0 min-w-0 ${side ? "contents" : "col-span-2 flex flex-col"}`}>{children}</div>
      <KeysHelp />
      <Palette />
    </div>
  );
}
