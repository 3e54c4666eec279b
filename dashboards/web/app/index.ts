import "./app.css";
import "./theme.js";
import "./page.js";
import { model } from "./model.js";

model.start();
