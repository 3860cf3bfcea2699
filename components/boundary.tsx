/** Keeps what one panel cannot draw from taking the page with it. */
import { Component, type ReactNode } from "react";
import { Button } from "./controls";
import { Message } from "./message";
import { ProblemText } from "./problem";

interface Props {
  /** What is drawn here, for the sentence. */
  name: string;
  /** How it is set; drawn again when this changes. */
  view: string;
  /** Sets it back to what it shows at first. */
  onReset(): void;
  children: ReactNode;
}

export class Boundary extends Component<Props, { failure: string }> {
  override state = { failure: "" };

  static getDerivedStateFromError(error: unknown) {
    return { failure: String(error) };
  }

  override componentDidUpdate(before: Props) {
    if (before.view !== this.props.view && this.state.failure) this.setState({ failure: "" });
  }

  override render() {
    const { name, onReset, children } = this.props;
    const { failure } = this.state;
    if (!failure) return children;
    const reason = `${name} cannot be drawn as it is set.`;
    const reset = () => {
      onReset();
      this.setState({ failure: "" });
    };
    return (
      <Message>
        <ProblemText problem={{ reason, fix: "Set it back: what was recorded is kept.", detail: failure }} />
        <Button onClick={reset}>Set {name} back</Button>
      </Message>
    );
  }
}
