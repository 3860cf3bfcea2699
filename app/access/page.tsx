import { AccessPage } from "../../components/access/access-page";

export default function Page() {
  return <AccessPage />;
}
