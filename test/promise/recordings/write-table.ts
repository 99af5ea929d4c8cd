import { declaredFamilies, outcomeOf, recordings } from "./harness.ts";
import { keepTable, tallyTable } from "./tally.ts";

// Run by hand after a change to drivers or recordings: the test beside it says when that is due.
const table = tallyTable(recordings(await declaredFamilies()).map(outcomeOf));
keepTable(table);
process.stdout.write(`${table}\n`);
