import {registry} from "@web/core/registry";

const form = ".o_action_manager .o_form_view:has(.nav-link[name=rights])";

function press(name, content) {
    return {
        content,
        trigger: `body:not(:has(.modal)) .o_form_statusbar button[name=${name}]`,
        run: "click",
    };
}

/** The other buttons are in a menu. */
const openMore = {
    content: "See what else there is to press",
    trigger: "body:not(:has(.modal)) .o_support_more > .dropdown-toggle",
    run: "click",
};

function confirm(content) {
    return {content, trigger: ".modal footer .btn-primary", run: "click"};
}

function reaches(state) {
    return {
        content: `It is ${state}`,
        trigger: `body:not(:has(.modal)) ${form} .o_statusbar_status .o_arrow_button_current:contains(${state})`,
    };
}

function openContract() {
    return {
        content: "Open the contract",
        trigger: ".o_data_row td[name=partner_id]:contains(Björkdal Snickeri AB)",
        run: "click",
    };
}

registry.category("web_tour.tours").add("support_activate_tour", {
    steps: () => [
        openContract(),
        reaches("Signed"),
        press("action_activate", "The customer has signed"),
        reaches("Active"),
    ],
});

registry.category("web_tour.tours").add("support_amend_tour", {
    steps: () => [
        openContract(),
        reaches("Active"),
        openMore,
        press("action_amend", "A new price was agreed"),
        {
            content: "Choose the service",
            trigger: ".modal .o_field_widget[name=service_id] input",
            run: "edit Operations",
        },
        {
            content: "It is the only one",
            trigger:
                ".o-autocomplete--dropdown-menu:not(:contains(Maintenance)) .o-autocomplete--dropdown-item:contains(Operations)",
            run: "click",
        },
        {
            content: "Its price of today is filled in",
            trigger: ".modal .o_field_widget[name=price_unit] input:value(2,400.00)",
        },
        {
            content: "Enter the new one",
            trigger: ".modal .o_field_widget[name=price_unit] input",
            run: "edit 2500",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Agreed at the yearly review",
        },
        confirm("Amend"),
        {
            content: "The service has its new price",
            trigger: `body:not(:has(.modal)) ${form} .o_field_widget[name=service_ids] td[name=price_text]:contains(2,500.00)`,
        },
        openMore,
        press("action_view_amendments", "The amendment is there to see"),
        {
            content: "With its reason",
            trigger:
                ".o_list_view td[name=reason]:contains(Agreed at the yearly review)",
        },
    ],
});

registry.category("web_tour.tours").add("support_notice_tour", {
    steps: () => [
        openContract(),
        reaches("Active"),
        openMore,
        press("action_give_notice", "The customer leaves"),
        {
            content: "It says why it ends then",
            trigger:
                ".modal .o_field_widget[name=explanation]:contains(it ends with the month)",
        },
        confirm("Give notice"),
        reaches("Notice"),
        openMore,
        press("action_view_events", "Look at what happened"),
        {
            content: "The notice is in the log",
            trigger: ".o_list_view td[name=kind]:contains(Notice)",
        },
    ],
});
