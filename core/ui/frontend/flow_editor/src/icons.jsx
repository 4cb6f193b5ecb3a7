// One picture a group of stations, drawn as strokes so that they take the colour of the text.
const PATHS = {
  start: "M8 5l11 7-11 7z",
  check: "M12 3l8 3v6c0 5-3.5 8-8 9-4.500-1-8-4-8-9V6zM9 12l2 2 4-4",
  decide: "M12 3l9 9-9 9-9-9zM12 8v5M12 16v.01",
  stock: "M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4 21c0-4 3.500-6 8-6s8 2 8 6",
  work: "M7 8V3h10v5M7 17H4V8h16v9h-3M7 13h10v8H7z",
  tell: "M6 16V11a6 6 0 1112 0v5l2 2H4zM10 21h4",
  end: "M5 21V4h12l-2 4 2 4H5",
};

export function Icon({ name }) {
  return (
    <svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.8"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={PATHS[name] || PATHS.decide} /></svg>
  );
}
