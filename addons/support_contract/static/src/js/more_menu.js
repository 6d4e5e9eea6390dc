// The menu of buttons in the head of a form: Odoo's buttons stop the click that would
// close it, so it is closed before they get it.
document.addEventListener(
    "click",
    (ev) => {
        const menu = ev.target.closest?.(".o_support_more > .dropdown-menu.show");
        if (menu && ev.target.closest(".dropdown-item")) {
            menu.parentElement.querySelector("[data-bs-toggle]").click();
        }
    },
    true
);
