// Example texts, which the repository's tests check.
import minimal from "../../examples/minimal.yaml?raw";
import production from "../../examples/production.yaml?raw";
import hpa from "../../examples/scaling-hpa.yaml?raw";
import keda from "../../examples/scaling-keda.yaml?raw";
import fixed from "../../examples/scaling-static.yaml?raw";
import faults from "../../tests/data/unshared.yaml?raw";

export interface Example {
  name: string;
  text: string;
}

export const EXAMPLES: Example[] = [
  { name: "Autoscaled (HPA)", text: hpa },
  { name: "Minimal", text: minimal },
  { name: "Three replicas", text: fixed },
  { name: "Autoscaled (KEDA)", text: keda },
  { name: "Production", text: production },
  { name: "With errors", text: faults },
];
