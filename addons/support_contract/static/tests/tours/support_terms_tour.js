import {registry} from "@web/core/registry";

const form = ".o_action_manager .o_form_view";

registry.category("web_tour.tours").add("support_terms_tour", {
    steps: () => [
        {
            content: "Open the published version",
            trigger: ".o_data_row td[name=name]:contains(Test terms)",
            run: "click",
        },
        {
            content: "It says that it never changes",
            trigger: `${form} .alert:contains(never changes)`,
        },
        {
            content: "Look at the scope",
            trigger: `${form} .o_notebook .nav-link[name=scope]`,
            run: "click",
        },
        {
            content: "Each category has its verdict",
            trigger: `${form} .o_field_widget[name=scope_ids] .o_data_row:contains(Program bug):contains(Included once reproduced)`,
        },
        {
            content: "Make a new version",
            trigger: "button[name=action_new_version]",
            run: "click",
        },
        {
            content: "It is a draft with the next number",
            trigger: `${form}:has(.o_arrow_button_current:contains(Draft)) .o_field_widget[name=version] input:value(2)`,
        },
        {
            content: "Change a price",
            trigger: `${form} .o_field_widget[name=price_ids] .o_data_row:contains(Patch) td[name=price_unit]`,
            run: "click",
        },
        {
            content: "To another figure",
            trigger: `${form} .o_field_widget[name=price_ids] .o_selected_row td[name=price_unit] input`,
            run: "edit 595 && press Tab",
        },
        {
            content: "Compare it with the version before; this saves it",
            trigger: "button[name=action_compare]",
            run: "click",
        },
        {
            content: "The difference stands side by side, and nothing else",
            trigger:
                ".modal .o_support_terms_compare tbody:has(tr:contains(495.00):contains(595.00)):not(:contains(9,900.00))",
        },
        {
            content: "Ask for everything",
            trigger: ".modal .o_field_widget[name=show_same] input",
            run: "click",
        },
        {
            content: "Everything is there",
            trigger: ".modal .o_support_terms_compare tbody:contains(9,900.00)",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Publish it",
            trigger: "body:not(:has(.modal)) button[name=action_publish]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is published",
            trigger: `${form} .o_statusbar_status .o_arrow_button_current:contains(Published)`,
        },
    ],
});

registry.category("web_tour.tours").add("support_condition_tour", {
    steps: () => [
        {
            content: "Open the draft contract",
            trigger: ".o_data_row td[name=partner_id]:contains(Björkdal Snickeri AB)",
            run: "click",
        },
        {
            content: "It costs what the terms say",
            trigger: `${form} .o_field_widget[name=service_ids] .o_data_row td[name=price_unit]:contains(2,400.00)`,
        },
        {
            content: "Add a special condition",
            trigger: `${form} .o_field_widget[name=condition_ids] .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            content: "For the price",
            trigger: `${form} .o_selected_row .o_field_widget[name=key] .o_select_menu_toggler, ${form} .o_selected_row .o_field_widget[name=key] select`,
            run: "click",
        },
        {
            content: "Price",
            trigger: ".o_select_menu_item:contains(/^Price$/)",
            run: "click",
        },
        {
            content: "The line has it before it gets more",
            trigger: `${form} .o_selected_row .o_field_widget[name=key] input:value(Price), ${form} .o_selected_row .o_field_widget[name=key] .o_select_menu_toggler:contains(Price)`,
        },
        {
            content: "Of operations",
            trigger: `${form} .o_selected_row .o_field_widget[name=type_id] input`,
            run: "edit Operations",
        },
        {
            // Not from the list of all of them, which is there before the search is.
            content: "Choose it",
            trigger:
                ".o-autocomplete--dropdown-menu:not(:contains(Maintenance)) .o-autocomplete--dropdown-item:contains(Operations)",
            run: "click",
        },
        {
            content: "The terms say 2,400",
            trigger: `${form} .o_selected_row td[name=standard]:contains(2,400.00)`,
        },
        {
            content: "We agreed on 2,000",
            trigger: `${form} .o_selected_row .o_field_widget[name=value] input`,
            run: "edit 2000 && press Tab",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "The service costs what was agreed",
            trigger: `${form} .o_field_widget[name=service_ids] .o_data_row td[name=price_unit]:contains(2,000.00)`,
        },
    ],
});
