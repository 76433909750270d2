// Prints the one further right that the doctor needs to ask about synthetic people; nothing where the settings name no service.
import { PERSONAS_VARIABLES, readPersonasDoor } from "./personas_door.ts";
import { print } from "../print.ts";

const door = readPersonasDoor(
  Object.fromEntries(PERSONAS_VARIABLES.map((name) => [name, Deno.env.get(name)])),
);
if (door !== null) print(`--allow-net=${door.host}`);
