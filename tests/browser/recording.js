// Of the outline of a recording: columns with more than the line of silence, in the upper half and the lower.
(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const tall = (column, from, to) => {
    let painted = 0;
    for (let row = from; row < to; row += 1) painted += data[4 * (row * width + column) + 3] > 0 ? 1 : 0;
    return painted > 6 && painted < to - from; // a full one is the mark of the place
  };
  const columns = [...Array(width).keys()];
  const half = Math.floor(height / 2);
  return [
    columns.filter((column) => tall(column, 0, half - 4)).length,
    columns.filter((column) => tall(column, half + 4, height)).length,
  ];
}
