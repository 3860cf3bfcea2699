import { ProcessPage } from "../../components/processes/process-page";

export default function Page() {
  return <ProcessPage />;
}
