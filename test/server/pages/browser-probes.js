/* Runs in the page that is checked: what a reader would see of it. */

function overflowOf() {
	return Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

function openEverything() {
	for (const details of document.querySelectorAll("details")) details.open = true;
}

function numHiddenTables() {
	return [...document.querySelectorAll("table")].filter((table) => table.getClientRects().length === 0).length;
}

function lettersOf(least, edge) {
	const faults = [];
	let numTexts = 0;
	for (const svg of document.querySelectorAll("svg")) {
		const frame = svg.getBoundingClientRect();
		if (frame.width === 0) continue;
		const scale = frame.width / svg.viewBox.baseVal.width;
		for (const text of svg.querySelectorAll("text")) {
			if (text.getAttribute("opacity") === "0" || !text.textContent.trim()) continue;
			numTexts++;
			const size = Number.parseFloat(getComputedStyle(text).fontSize) * scale;
			if (size < least) faults.push(`${text.textContent}: ${size.toFixed(1)} px`);
			const { left, right, top, bottom } = text.getBoundingClientRect();
			const past = Math.max(frame.left - left, right - frame.right, frame.top - top - 3, bottom - frame.bottom - 3);
			if (past > edge) faults.push(`${text.textContent} sticks out by ${past.toFixed(1)} px`);
		}
	}
	return { numTexts, faults };
}

/** At least 3 : 1 for marks and 4.5 : 1 for letters (WCAG 1.4.11, 1.4.3). */
function plotContrasts() {
	const luminance = (color) => {
		const [r, g, b] = color.match(/[\d.]+/g).map((part) => {
			const share = Number(part) / 255;
			return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const faults = new Set();
	for (const svg of document.querySelectorAll("svg")) {
		const card = svg.closest(".card");
		if (svg.getBoundingClientRect().width === 0 || !card) continue;
		const paper = luminance(getComputedStyle(card).backgroundColor);
		for (const mark of svg.querySelectorAll("text, path[fill^='var(--s'], line[stroke^='var(--s']")) {
			const { fill, stroke } = getComputedStyle(mark);
			const ink = luminance(mark.tagName === "line" ? stroke : fill);
			const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
			if (contrast < (mark.tagName === "text" ? 4.5 : 3)) faults.add(`${mark.tagName} ${fill} ${stroke}: ${contrast.toFixed(2)}`);
		}
	}
	return [...faults];
}

function focusOf() {
	const focus = document.activeElement;
	if (!focus || focus === document.body) return null;
	const { outlineStyle, outlineWidth } = getComputedStyle(focus);
	const { left, right, width } = focus.getBoundingClientRect();
	const isOnScreen = width > 0 && right > 0 && left < document.documentElement.clientWidth;
	return {
		key: `${focus.tagName} ${[...document.querySelectorAll(focus.tagName)].indexOf(focus)} ${focus.textContent.slice(0, 40)}`,
		counts: focus.tagName === "A" || focus.tagName === "SUMMARY",
		isVisible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && isOnScreen,
	};
}

globalThis.probes = { overflowOf, openEverything, numHiddenTables, lettersOf, plotContrasts, focusOf };
