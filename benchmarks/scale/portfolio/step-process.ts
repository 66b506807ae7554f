import { type StepJob, type StepName, STEPS } from "./steps.ts";

/** Entry of the process of one step: its name and job as arguments, its result as the last line printed. */
const [name, job] = process.argv.slice(2);
const result = await STEPS[name as StepName](JSON.parse(job) as StepJob);
console.log(JSON.stringify(result));
process.exit(0); // a native library's threads would keep the process a moment longer, which is not part of the step
