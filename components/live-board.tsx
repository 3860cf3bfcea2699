"use client";
import { useEffect } from "react";
import { Board } from "./board";
import { followAddress } from "./board-store";
import { Catalogue } from "./catalogue";
import { Shell } from "./shell";

export function LiveBoard() {
  useEffect(followAddress, []);
  return (
    <Shell side={<Catalogue />}>
      <Board />
    </Shell>
  );
}
