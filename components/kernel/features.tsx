/** What the kernel has, by name: types of programs with the helpers each may call, and types of maps. */
import type { Features } from "../../server/protocol/kernel";

const absent = "text-faint line-through";

export function FeatureLists({ features }: { features: Features }) {
  return (
    <section aria-label="Names" className="rounded-lg border border-line bg-panel px-3 py-2">
      <h2 className="font-semibold">By name</h2>
      <p className="mt-1 text-dim">
        Each was tried on this kernel; what it does not have is struck out. Open a type to see its helpers.
      </p>
      <div className="mt-2 grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-6">
        <div>
          <h3 className="mb-1 text-dim">Program types</h3>
          {features.programTypes.map(({ name, there, helpers }) => (
            <details key={name} className="figures border-line border-t py-0.5">
              <summary className={there ? "" : absent}>
                {name}
                {helpers.length > 0 && <span className="text-faint"> · {helpers.length} helpers</span>}
              </summary>
              <p className="py-1 pl-4 text-dim wrap-anywhere select-text">
                {helpers.length > 0 ? helpers.join(" ") : there ? "A trial cannot tell." : "None."}
              </p>
            </details>
          ))}
        </div>
        <div>
          <h3 className="mb-1 text-dim">Map types</h3>
          <ul className="figures">
            {features.mapTypes.map(({ name, there }) => (
              <li key={name} className={`border-line border-t py-0.5 ${there ? "" : absent}`}>
                {name}
              </li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}
