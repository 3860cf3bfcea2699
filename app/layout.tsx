import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = {
  title: "Ringside",
  description: "A ringside seat at a Linux kernel: eBPF tools, live.",
  icons: { icon: "/icon.svg" },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function Layout({ children }: { children: ReactNode }) {
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
