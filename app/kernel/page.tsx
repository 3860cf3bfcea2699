import { PreflightPage } from "../../components/kernel/preflight-page";

export default function Page() {
  return <PreflightPage />;
}
