import {registry} from "@web/core/registry";

const form = ".o_action_manager .o_form_view";
const taskForm = `${form}:has(.o_field_widget[name=scope_category_id])`;
const approvalForm = `${form}:has(.o_field_widget[name=price_hour])`;
const bugForm = `${form}:has(.o_field_widget[name=dataset_version])`;

function banner(text) {
    return {
        content: `The banner says ${text}`,
        trigger: `${form} .alert:contains(${text})`,
    };
}

function choose(where, name, text) {
    return [
        {
            content: `Type ${text}`,
            trigger: `${where} .o_field_widget[name=${name}] input`,
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
            trigger: `${where} .o_form_saved, ${where}:not(:has(.o_form_dirty))`,
        },
    ];
}

function enter(where, name, text) {
    return {
        content: `Enter ${text}`,
        trigger: `${where} .o_field_widget[name=${name}] :is(input, textarea, .odoo-editor-editable)`,
        run: /^(steps|expected|seen)$/.test(name) ? `editor ${text}` : `edit ${text}`,
    };
}

registry.category("web_tour.tours").add("support_scope_approval_tour", {
    steps: () => [
        banner("Choose a category"),
        {
            content: "Turn to the support contract",
            trigger: `${form} .o_notebook .nav-link[name=support]`,
            run: "click",
        },
        ...choose(taskForm, "scope_category_id", "New functionality"),
        ...save(taskForm),
        banner("Billed."),
        {
            content: "See why",
            trigger: `${form} .alert-warning button[name=action_view_verdicts]`,
            run: "click",
        },
        {
            content: "Both verdicts stay on record",
            trigger: ".o_list_view .o_data_row:nth-child(2) td:contains(Undecided)",
        },
        {
            content: "Back to the task",
            trigger: ".breadcrumb-item.o_back_button > a",
            run: "click",
        },
        {
            content: "Turn to the support contract again",
            trigger: `${form} .o_notebook .nav-link[name=support]`,
            run: "click",
        },
        {
            content: "Ask the customer",
            trigger: `${taskForm} button[name=action_ask_approval]`,
            run: "click",
        },
        {
            content: "Two hours",
            trigger: `${approvalForm} .o_field_widget[name=hours] input`,
            run: "edit 2:00",
        },
        ...save(approvalForm),
        {
            content: "It says what it costs",
            trigger: `${approvalForm} .o_field_widget[name=amount_untaxed]:contains("2,430.00")`,
        },
        {
            content: "Send it",
            trigger: `${approvalForm} .o_form_statusbar button[name=action_send]`,
            run: "click",
        },
        {
            content: "It is sent",
            trigger: `${approvalForm} .o_statusbar_status .o_arrow_button_current:contains(Sent)`,
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

registry.category("web_tour.tours").add("support_scope_reproduction_tour", {
    steps: () => [
        {
            content: "Put a bug on record",
            trigger: ".o_list_button_add",
            run: "click",
        },
        enter(bugForm, "name", "VAT report counts twice"),
        enter(bugForm, "module_name", "account"),
        enter(bugForm, "series", "19.0"),
        ...save(bugForm),
        {
            content: "Say that it was reproduced",
            trigger: `${bugForm} .o_form_statusbar button[name=action_reproduced]`,
            run: "click",
        },
        {
            content: "A half is missing",
            trigger: ".modal:contains(Both halves)",
        },
        {
            content: "Close the message",
            trigger: ".modal footer .btn-primary, .modal .btn-close",
            run: "click",
        },
        enter(`body:not(:has(.modal)) ${bugForm}`, "dataset_version", "2026-1"),
        enter(bugForm, "specification", "Documentation"),
        enter(bugForm, "steps", "Post it"),
        enter(bugForm, "expected", "Once"),
        enter(bugForm, "seen", "Twice"),
        ...save(bugForm),
        {
            content: "Now it counts",
            trigger: `${bugForm} .o_form_statusbar button[name=action_reproduced]`,
            run: "click",
        },
        {
            content: "It is on record",
            trigger: `${bugForm} .o_statusbar_status .o_arrow_button_current:contains(Reproduced)`,
        },
    ],
});
