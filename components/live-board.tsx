"use client";
import { useEffect } from "react";
import { Board } from "./board";
import { followAddress } from "./board-store";
import { Catalogue } from "./catalogue";
import { Header } from "./header";
import { KeysHelp } from "./keys-help";
import { connect } from "./socket";

export function LiveBoard() {
  useEffect(() => {
    connect();
    return followAddress();
  }, []);
  return (
    <div className="grid h-dvh grid-cols-[236px_minmax(0,1fr)] grid-rows-[48px_minmax(0,1fr)]">
      <Header />
      <Catalogue />
      <Board />
      <KeysHelp />
    </div>
  );
}
