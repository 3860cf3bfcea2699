import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { preload } from "react-dom";

export const metadata: Metadata = {
  title: "Ringside",
  description: "A ringside seat at a Linux kernel: eBPF tools, live.",
  icons: { icon: "/icon.svg" },
};

/** What every page is written in, asked for before the style sheet does: the first paint has them. The same files as its own. */
const FONTS = [
  new URL("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", import.meta.url),
  new URL(
    "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
    import.meta.url,
  ),
];

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function Layout({ children }: { children: ReactNode }) {
  for (const font of FONTS) preload(String(font), { as: "font", type: "font/woff2", crossOrigin: "" });
  return (
    <html lang="en" data-theme="dark" suppressHydrationWarning>
      <head>
        {/* Must run before the first paint, so it waits for nothing and nothing is deferred. */}
        <script src="/theme.js" />
      </head>
      <body>{children}</body>
    </html>
  );
}
