import { LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { figure, moment, scaled } from "./format.js";
import type { Hole, Point } from "./wire.js";

echarts.use([LineChart, GridComponent, TooltipComponent, MarkAreaComponent, CanvasRenderer]);

/** One series as it is to be drawn. */
export interface Drawn {
  id: string;
  name: string;
  unit: string;
  colour: string;
  /** Booleans keep their value until the next one. */
  step: boolean;
  points: Point[];
  holes: Hole[];
  at(time: number): number | null;
}

/** A bar over the time axis beneath the curves: when something was so. */
export interface Lane {
  name: string;
  colour: string;
  /** Filled, and over the curves as well; or only its outline. */
  filled: boolean;
  bands: readonly Band[];
}

/** Milliseconds since 1970. */
export type Band = readonly [from: number, to: number];

/** Space around the curves, in sizes of the font: a wall screen has a larger one. */
const LEFT = 5.4;
const RIGHT = 1.2;
const TOP = 2.5;
const BETWEEN = 3.3;
const BOTTOM = 2;
const LANE = 1.6;

/** A band that is shorter is drawn as wide as this, in pixels, or it could not be seen. */
const BAND_PX_MIN = 3;
const BAND_OPACITY = 0.16;

/** Few points are drawn as dots too, or a lone one could not be seen. */
const DOTTED_MAX = 40;

/** Curves over one time axis, one panel for each unit, on a canvas. Loaded when first needed: it is most of our bytes. */
export class Chart {
  readonly #chart: echarts.ECharts;
  readonly #resizes: ResizeObserver;
  #drawn: Drawn[] = [];
  #panels = "";

  constructor(private readonly element: HTMLElement) {
    this.#chart = echarts.init(element);
    this.#resizes = new ResizeObserver(() => {
      this.#chart.resize();
      this.#panels = "";
      element.dispatchEvent(new Event("resized"));
    });
    this.#resizes.observe(element);
  }

  dispose(): void {
    this.#resizes.disconnect();
    this.#chart.dispose();
  }

  /** The time at a place, in pixels from the left of the chart. */
  timeAt(x: number): number {
    const em = this.#fontSize();
    return Number(this.#chart.convertFromPixel({ xAxisIndex: 0 }, Math.max(LEFT * em, Math.min(x, this.#chart.getWidth() - RIGHT * em))));
  }

  draw(drawn: Drawn[], from: number, to: number, lanes: readonly Lane[] = []): void {
    this.#drawn = drawn;
    const units = [...new Set(drawn.map((d) => d.unit))];
    const grids = units.length + (lanes.length > 0 ? 1 : 0);
    const style = getComputedStyle(this.element);
    const token = (name: string) => style.getPropertyValue(name).trim();
    const colours = { text: token("--muted"), line: token("--line"), faint: token("--faint"), hole: token("--hole") };
    const em = this.#fontSize();
    const beneath = lanes.length > 0 ? em * (1 + LANE * lanes.length) : 0;
    const height = this.#chart.getHeight() - em * (TOP + BOTTOM + BETWEEN * (units.length - 1)) - beneath;
    const each = Math.max(40, height / Math.max(1, units.length));
    const font = { fontFamily: style.fontFamily, fontSize: em, color: colours.text };
    const panels = `${units.join("\n")}|${drawn.map((d) => d.id).join("\n")}|${colours.text}|${lanes.length}`;
    const shortest = ((to - from) * BAND_PX_MIN) / Math.max(1, this.#chart.getWidth() - (LEFT + RIGHT) * em);
    const bands = (lane: Lane) => lane.bands.map(([a, b]): Band => [Math.max(from, a), Math.min(to, Math.max(b, a + shortest))]);
    const over = lanes
      .filter((lane) => lane.filled)
      .flatMap((lane) => bands(lane).map(([a, b]) => [
        { xAxis: a, itemStyle: { color: lane.colour, opacity: BAND_OPACITY } }, { xAxis: b },
      ]));
    const option = {
      animation: false,
      textStyle: font,
      tooltip: this.#tooltip(colours.text),
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      grid: Array.from({ length: grids }, (_, i) => ({
        left: LEFT * em, right: RIGHT * em, outerBoundsMode: "none",
        ...(i < units.length
          ? { top: TOP * em + i * (each + BETWEEN * em), height: each }
          : { bottom: BOTTOM * em, height: LANE * lanes.length * em }),
      })),
      xAxis: Array.from({ length: grids }, (_, i) => ({
        type: "time", gridIndex: i, min: from, max: to,
        axisLabel: { ...font, show: i === grids - 1, hideOverlap: true },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colours.line }, onZero: false },
        splitLine: { show: false },
      })),
      yAxis: [...units.map((unit, i) => ({
        type: "value", gridIndex: i, scale: true, splitNumber: each < 120 ? 2 : 4,
        name: unit, nameLocation: "end", nameGap: em, nameTextStyle: { ...font, align: "right", padding: [0, 0.7 * em, 0, 0] },
        axisLabel: { ...font, formatter: (v: number) => axisLabel(v, unit), hideOverlap: true },
        splitLine: { lineStyle: { color: colours.faint } },
      })), ...(lanes.length > 0 ? [laneAxis(lanes, units.length, font)] : [])],
      series: [...drawn.map((d) => ({
        id: d.id, type: "line", name: d.name, xAxisIndex: units.indexOf(d.unit), yAxisIndex: units.indexOf(d.unit),
        data: d.points, showSymbol: d.points.length <= DOTTED_MAX, symbol: "circle", symbolSize: em / 3,
        step: d.step ? "end" : false, connectNulls: false, emphasis: { disabled: true },
        lineStyle: { width: em / 7, color: d.colour }, itemStyle: { color: d.colour },
        markArea: { silent: true, itemStyle: { color: colours.hole }, label: { ...font, position: "insideTop" }, data: [...d.holes.map(area), ...over] },
      })), ...lanes.map((lane, i) => ({
        id: `lane ${i}`, type: "line", xAxisIndex: units.length, yAxisIndex: units.length, data: [], silent: true,
        markArea: {
          silent: true, itemStyle: { color: lane.filled ? lane.colour : "transparent", borderColor: lane.colour, borderWidth: em / 8 },
          data: bands(lane).map(([a, b]) => [{ coord: [a, lanes.length - i - 0.75] }, { coord: [b, lanes.length - i - 0.25] }]),
        },
      }))],
    };
    this.#chart.setOption(option as unknown as echarts.EChartsCoreOption, { notMerge: panels !== this.#panels, lazyUpdate: false });
    this.#panels = panels;
  }

  #fontSize(): number {
    return Number.parseFloat(getComputedStyle(this.element).fontSize) || 12;
  }

  #tooltip(colour: string) {
    return {
      trigger: "axis",
      confine: true,
      className: "tooltip",
      transitionDuration: 0,
      backgroundColor: "", borderWidth: 0, padding: 0, extraCssText: "",
      axisPointer: { type: "line", lineStyle: { color: colour, width: 1, type: "solid" } },
      formatter: (params: unknown) => this.#readout((params as { axisValue: number }[])[0]?.axisValue ?? 0),
    };
  }

  /** Every series at one time, also those without a point just there. */
  #readout(time: number): HTMLElement {
    const box = document.createElement("div");
    box.append(cell("time", moment(time, Date.now())));
    for (const d of this.#drawn) {
      const value = d.at(time);
      const [shown, unit] = value === null ? ["–", ""] : scaled(value, d.unit);
      const dot = cell("dot", "");
      dot.style.background = d.colour;
      const row = cell("row", "");
      row.append(dot, cell("name", d.name), cell("value", `${shown} ${unit}`.trim()));
      box.append(row);
    }
    return box;
  }
}

function cell(name: string, text: string): HTMLElement {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = text;
  return element;
}

/** Lanes from the top, each with its name at its middle. */
function laneAxis(lanes: readonly Lane[], gridIndex: number, font: object) {
  return {
    type: "value", gridIndex, min: 0, max: lanes.length, interval: 0.5,
    axisLabel: { ...font, formatter: (v: number) => (v % 1 === 0 ? "" : (lanes[lanes.length - 1 - Math.floor(v)]?.name ?? "")) },
    splitLine: { show: false },
    axisTick: { show: false }, axisPointer: { show: false },
  };
}

function axisLabel(value: number, unit: string): string {
  const [shown, shownUnit] = scaled(value, unit);
  return shownUnit === unit ? figure(value) : `${shown} ${shownUnit}`;
}

function area(hole: Hole) {
  return [{ xAxis: Date.parse(hole.from), name: hole.reason?.replaceAll("_", " ") ?? "" }, { xAxis: Date.parse(hole.to) }];
}
