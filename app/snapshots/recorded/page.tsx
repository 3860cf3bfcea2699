import { RecordedPage } from "../../../components/snapshots/recorded-page";

export default function Page() {
  return <RecordedPage />;
}
