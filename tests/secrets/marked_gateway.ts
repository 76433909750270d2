import { main } from "../../main.ts";
import { TOOLS } from "../../tools/mod.ts";
import { createHostileTools } from "./_hostile_tools.ts";

/** The real gateway with tools that crash with their arguments in hand. */
main([...TOOLS, ...createHostileTools()]);
