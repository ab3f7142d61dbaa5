// Tables as text: quotes, and commas, semicolons or tabs between the cells.

/** The rows of a table with a line of names, each as an object. Throws an Error that says what is wrong. */
export function rows(text) {
  const lines = cells(text.replace(/^\uFEFF/, ''));
  const [names, ...values] = lines;
  if (!names || values.length === 0) throw new Error('Give a line of names and at least one row.');
  return values.map((line, i) => {
    if (line.length !== names.length) {
      throw new Error(`Row ${i + 1} has ${line.length} cells, and the line of names has ${names.length}.`);
    }
    return Object.fromEntries(names.map((name, column) => [name.trim(), line[column].trim()]));
  });
}

function separator(line) {
  return [',', ';', '\t'].map(sign => [line.split(sign).length, sign]).sort(([a], [b]) => b - a)[0][1];
}

function cells(text) {
  const between = separator(text.split('\n', 1)[0]);
  const lines = [];
  let line = [], cell = '', quoted = false;
  const end = () => {
    line.push(cell);
    cell = '';
    if (line.length > 1 || line[0].trim()) lines.push(line);
    line = [];
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') { cell += '"'; i++; } else quoted = false;
    } else if (sign === '"' && cell.trim() === '') { quoted = true; cell = ''; }
    else if (sign === between) { line.push(cell); cell = ''; }
    else if (sign === '\n') end();
    else if (sign !== '\r') cell += sign;
  }
  if (cell || line.length) end();
  return lines;
}
