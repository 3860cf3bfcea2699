/** The links that are valid: who has one may look or operate until then. */
import { useState } from "react";
import type { Share } from "../../server/protocol/access";
import { Button, Chip } from "../controls";
import { dateToMinute } from "../format";
import { useServer } from "../socket";

function LinkRow({ link, onRevoke }: { link: Share; onRevoke(id: string): void }) {
  const own = useServer((server) => server.visitor?.id === link.id);
  const [sure, setSure] = useState(false);
  const [copied, setCopied] = useState(false);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 border-line border-b px-4 py-2">
      <span className="flex min-w-0 items-center gap-2">
        <span className="truncate" title={link.title}>
          {link.title || "Without a name"}
        </span>
        <Chip>{link.role === "viewer" ? "looks" : "operates"}</Chip>
        {own && <span className="shrink-0 text-accent">yours</span>}
      </span>
      <span className="flex gap-2">
        {link.path !== "" && navigator.clipboard && (
          <Button
            onClick={async () => {
              await navigator.clipboard.writeText(location.origin + link.link);
              setCopied(true);
            }}
          >
            {copied ? "Copied" : "Copy"}
          </Button>
        )}
        <Button onClick={() => (sure ? onRevoke(link.id) : setSure(true))} onBlur={() => setSure(false)}>
          {sure ? (own ? "End your own?" : "Sure?") : "Revoke"}
        </Button>
      </span>
      <span className="figures truncate text-dim">
        {link.id} · until {dateToMinute(link.expires)}
        {link.open > 0 && <span className="text-ok"> · {link.open} open now</span>}
      </span>
      <span className="text-right text-[11.5px] text-faint">made {dateToMinute(link.made)}</span>
    </li>
  );
}

export function Links({ links, onRevoke }: { links: readonly Share[]; onRevoke(id: string): void }) {
  const shared = links.filter(({ path }) => path !== "");
  const printed = links.filter(({ path }) => path === "");
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      {shared.length === 0 && (
        <p className="border-line border-b px-4 py-3 text-dim">
          Nobody was sent a link that is still valid. Share, on the board, makes one.
        </p>
      )}
      <ul aria-label="Links that were made">
        {shared.map((link) => (
          <LinkRow key={link.id} {...{ link, onRevoke }} />
        ))}
      </ul>
      <h3 className="px-4 pt-4 pb-1 font-semibold text-[11px] text-dim tracking-[0.02em]">
        Printed by the server, for operators
      </h3>
      <ul aria-label="Links that starts have printed">
        {printed.map((link) => (
          <LinkRow key={link.id} {...{ link, onRevoke }} />
        ))}
      </ul>
    </div>
  );
}
