import type { Day } from "../units.ts";
import type { Calendar } from "./calendar.ts";
import type { FeedHealth, Portfolio } from "./portfolio.ts";

/** Finds order days that are missing or thin against the same weekday, and until when silence can be trusted. */
export declare function examineFeed(portfolio: Portfolio, asOf: Day, calendar: Calendar): FeedHealth;
