import {registry} from "@web/core/registry";

/** Say yes to what a button asks. */
const CONFIRM = {
    content: "Go on",
    trigger: ".modal-footer .btn-primary",
    run: "click",
};

const BACK = {
    content: "Back to the overview",
    trigger: ".o_breadcrumb a:contains(Month Review)",
    run: "click",
};

const TO_OVERVIEW = [
    BACK,
    {
        content: "As it is by now",
        trigger: ".o_form_view button[name=action_show]",
        run: "click",
    },
];

/** Tests share their computer: a page may take its time. */
function patiently(steps) {
    return steps.map((step) => ({timeout: 45000, ...step}));
}

function row(section, text) {
    return `.o_field_widget[name=${section}] .o_data_row:contains(${text})`;
}

// What is new, what changed, what failed, what waits: in this order.
registry.category("web_tour.tours").add("support_accountant_month_tour", {
    steps: () =>
        patiently([
            {
                content: "What is new: a contract and what it costs",
                trigger: `${row("new_ids", "Nygård Bygg AB")}:contains(2,400.00)`,
            },
            {
                content: "What changed: before, now and why",
                trigger: `${row("changed_ids", "Björkdal Snickeri AB")}:contains(360.00):contains(acme_stock)`,
            },
            {
                content: "Its charge",
                trigger: `${row("changed_ids", "Björkdal Snickeri AB")} button[name=action_open]`,
                run: "click",
            },
            {
                content: "The charge shows how it was calculated",
                trigger:
                    ".o_form_view .o_field_widget[name=calculation]:contains(started hundreds)",
            },
            BACK,
            {
                content: "What failed: the reason stands there",
                trigger: `${row("failed_ids", "Fallinge El AB")}:contains(order number)`,
            },
            {
                content: "Open it",
                trigger: `${row("failed_ids", "Fallinge El AB")} button[name=action_open]`,
                run: "click",
            },
            {
                content: "Where invoices are agreed on",
                trigger: ".o_notebook .nav-link[name=invoicing]",
                run: "click",
            },
            {
                content: "Enter what was missing",
                trigger: ".o_field_widget[name=billing_order_number] input",
                run: "edit PO 4711",
            },
            {
                content: "Bill it again",
                trigger: ".o_statusbar_buttons button[name=action_bill]",
                run: "click",
            },
            CONFIRM,
            {
                content: "It is invoiced",
                trigger:
                    ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Posted)",
            },
            ...TO_OVERVIEW,
            {
                content: "Nothing has failed any more",
                trigger: ".o_form_view:contains(no contract has failed.)",
            },
            {
                content: "What waits: months that were missed",
                trigger: `${row("waiting_ids", "Missed months")} button[name=action_open]`,
                run: "click",
            },
            {
                content: "Agree to charging them",
                trigger: "button[name=action_approve_backlog]",
                run: "click",
            },
            CONFIRM,
            {
                content: "A run is asked for",
                trigger: ".o_notification:contains(Billing is on its way)",
            },
            ...TO_OVERVIEW,
            {
                content: "No month is missed any more",
                trigger:
                    ".o_field_widget[name=waiting_ids]:not(:contains(Missed months))",
            },
            {
                content: "What waits: a held charge",
                trigger: `${row("waiting_ids", "Held charges")} button[name=action_open]`,
                run: "click",
            },
            {
                content: "The customer is content: release it",
                trigger: ".o_statusbar_buttons button[name=action_release]",
                run: "click",
            },
            {
                content: "Say why",
                trigger: ".modal .o_field_widget[name=reason] input",
                run: "edit Explained on the telephone",
            },
            {
                content: "Release",
                trigger: ".modal-footer button[name=action_confirm]",
                run: "click",
            },
            {
                content: "It can be invoiced again",
                trigger:
                    ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(To Invoice)",
            },
            ...TO_OVERVIEW,
            {
                content: "Nothing is held any more",
                trigger:
                    ".o_field_widget[name=waiting_ids]:not(:contains(Held charges)):contains(Charges for the next invoice)",
            },
        ]),
});

// After the run that the accountant asked for.
registry.category("web_tour.tours").add("support_accountant_month_end_tour", {
    steps: () =>
        patiently([
            {
                content: "Send what was posted and not sent",
                trigger: ".o_form_view button[name=action_send]",
                run: "click",
            },
            CONFIRM,
            {
                content: "Nothing waits",
                trigger: ".o_form_view:contains(nothing waits.)",
            },
            {
                content: "The ledger has the same",
                trigger: "div[name=tied]:contains(Compared with the ledger: agrees)",
            },
            {
                content: "The total leads to its invoices",
                trigger: `${row("total_ids", "= Total")} button[name=action_open]`,
                run: "click",
            },
            {
                content: "They are listed",
                trigger: ".o_list_view .o_data_row:contains(Nygård Bygg AB)",
            },
            ...TO_OVERVIEW,
            {
                content: "Compare contracts and invoices",
                trigger: "button[name=action_reconcile]",
                run: "click",
            },
            {
                content: "The reconciliation is clean",
                trigger: ".o_view_nocontent:contains(Everything agrees)",
            },
        ]),
});
