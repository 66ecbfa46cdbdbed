/** The first part of each address that the page has; the first page has none. */
export const pages = ['', 'timeline', 'repositories', 'requests', 'failures', 'doors', 'cost'] as const;
export type PageName = (typeof pages)[number];
