// Typing a day means these days, whatever period was chosen before.
document.addEventListener("change", (event) => {
  const form = event.target.closest(".report-filters");
  if (form && event.target.matches('input[type="date"]')) {
    form.elements.period.value = "days";
  }
});
