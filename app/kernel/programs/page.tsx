import { ProgramsPage } from "../../../components/kernel/programs-page";

export default function Page() {
  return <ProgramsPage />;
}
