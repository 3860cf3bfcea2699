/** What this page may do. The server decides; the page only leaves out what would be refused. */
import { useServer } from "./socket";

/** Until the server has said so, nobody is taken for a viewer: most are not. */
export const useOperator = () => useServer((server) => server.visitor?.role !== "viewer");
export const isOperator = () => useServer.getState().visitor?.role !== "viewer";

/** Said where a button would stand for an operator. */
export const viewersOnlyLook = "Your link lets you look; an operator can start it.";
