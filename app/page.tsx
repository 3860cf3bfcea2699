import { LiveBoard } from "../components/live-board";

export default function Page() {
  return <LiveBoard />;
}
