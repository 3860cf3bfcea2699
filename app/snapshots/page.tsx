import { SnapshotsPage } from "../../components/snapshots/snapshots-page";

export default function Page() {
  return <SnapshotsPage />;
}
