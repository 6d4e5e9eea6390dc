import {registry} from "@web/core/registry";

const form = ".o_action_manager .o_form_view";
const approvalForm = `${form}:has(.o_field_widget[name=price_hour])`;

function banner(kind, text) {
    return {
        content: `The banner says ${text}`,
        trigger: `${form}:not(:has(.o_form_dirty)) .alert-${kind}:contains(${text})`,
    };
}

function turnTo(page) {
    return {
        content: `Turn to ${page}`,
        trigger: `${form} .o_notebook .nav-link[name=${page}]`,
        run: "click",
    };
}

function choose(name, text) {
    return [
        {
            content: `Type ${text}`,
            trigger: `${form} .o_field_widget[name=${name}] input`,
            run: `edit ${text}`,
        },
        {
            content: `Choose ${text}`,
            trigger: `.o-autocomplete--dropdown-menu .dropdown-item:not(:has(.fa-spin)):contains(${text})`,
            run: "click",
        },
    ];
}

function save(where) {
    return [
        {
            content: "Save",
            trigger: `${where} .o_form_button_save`,
            run: "click",
        },
        {
            content: "It is saved",
            trigger: `${where}:not(:has(.o_form_dirty)):not(:has(.o_form_button_save:visible)), ${where} .o_form_saved`,
        },
    ];
}

registry.category("web_tour.tours").add("support_helpdesk_intake_tour", {
    steps: () => [
        {
            content: "What it is about",
            trigger: `${form} .o_field_widget[name=name] :is(input, textarea)`,
            run: "edit How do I post a credit note?",
        },
        ...choose("partner_id", "Eva Björk"),
        {
            content: "What the customer wrote",
            trigger: `${form} .o_field_widget[name=description] .odoo-editor-editable`,
            run: "editor Please help.",
        },
        ...save(form),
        banner("danger", "Choose a category"),
        turnTo("support"),
        {
            content: "The contract is the customer's",
            trigger: `${form} .o_field_widget[name=support_contract_id] input:value(Björkdal)`,
        },
        ...choose("scope_category_id", "Technical environment"),
        ...save(form),
        banner("success", "Included."),
        {
            content: "Ask why",
            trigger: `${form} .alert-success button[name=action_view_verdicts]`,
            run: "click",
        },
        {
            content: "Both verdicts stay on record",
            trigger: ".o_list_view .o_data_row:nth-child(2) td:contains(Undecided)",
        },
    ],
});

registry.category("web_tour.tours").add("support_helpdesk_time_tour", {
    steps: () => [
        banner("warning", "Billed."),
        turnTo("timesheets"),
        {
            content: "Log time",
            trigger: `${form} .o_field_widget[name=timesheet_ids] .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            content: "What was done",
            trigger: `${form} .o_selected_row [name=name] input`,
            run: "edit Wrote the report",
        },
        {
            content: "For how long",
            trigger: `${form} .o_selected_row [name=unit_amount] input`,
            run: "edit 1:20",
        },
        ...save(form),
        {
            content: "The time is billed",
            trigger: `${form} [name=timesheet_ids] .o_data_row td[name=support_verdict]:contains(Billed)`,
        },
        turnTo("support"),
        {
            content: "Ask the customer",
            trigger: `${form} button[name=action_ask_approval]`,
            run: "click",
        },
        {
            content: "Two hours",
            trigger: `${approvalForm} .o_field_widget[name=hours] input`,
            run: "edit 2:00",
        },
        ...save(approvalForm),
        {
            content: "Send it",
            trigger: `${approvalForm} .o_form_statusbar button[name=action_send]`,
            run: "click",
        },
        {
            content: "The customer calls and says yes",
            trigger: `${approvalForm} .o_form_statusbar button[name=action_note_phone]`,
            run: "click",
        },
        {
            content: "Note it",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is accepted",
            trigger: `body:not(:has(.modal)) ${approvalForm} .o_statusbar_status .o_arrow_button_current:contains(Accepted)`,
        },
    ],
});

registry.category("web_tour.tours").add("support_helpdesk_invoice_tour", {
    steps: () => [
        {
            content: "See what else can be done",
            trigger: `${form} .o_support_more > .dropdown-toggle`,
            run: "click",
        },
        {
            content: "Bill the contract",
            trigger: `${form} .o_form_statusbar button[name=action_bill]`,
            run: "click",
        },
        {
            content: "Go on",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The invoice is posted",
            trigger: `${form} .o_statusbar_status .o_arrow_button_current:contains(Posted)`,
        },
        {
            content: "The ticket has its line, in hours",
            trigger: `${form} [name=invoice_line_ids] .o_data_row:contains(A report is wrong):contains(1.50):contains("1,822.50")`,
        },
        {
            content: "Ask for its evidence",
            trigger: `${form} [name=invoice_line_ids] .o_data_row:contains(A report is wrong) button[name=action_view_support_evidence]`,
            run: "click",
        },
        {
            content: "It was billed by what was worked",
            trigger: `${form} .o_field_widget[name=calculation]:contains("1 h 20 min worked")`,
        },
    ],
});
