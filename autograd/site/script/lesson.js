// Where a student was, for the start page.
{
  const { path, title } = document.querySelector("article").dataset;
  keep("place", { path, title });
}
